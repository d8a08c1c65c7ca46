//! Signers outside this program: what they return is checked before it is used.

use std::sync::atomic::{AtomicU8, Ordering};

use changecast_core::{
    ledger::{Origin, Salts},
    sign::{Agent, AgentConnection, Namespace, Secret, SignError, Signer},
};
use ed25519_dalek::{
    SigningKey, VerifyingKey,
    hazmat::{ExpandedSecretKey, raw_sign},
};
use sha2::Sha512;

const SEED: [u8; 32] = [7; 32];

/// What an agent does with a request to sign.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    /// Signs as RFC 8032 demands.
    Regular,
    /// Signs with another nonce each time; the signatures are valid.
    AnotherNonce,
    /// Returns a signature of other bytes.
    OtherBytes,
    /// Refuses.
    Refuses,
}

#[derive(Debug)]
struct FakeAgent {
    behaviour: Behaviour,
    requests: AtomicU8,
}

impl AgentConnection for FakeAgent {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        let mut rest = &request[1..];
        let (_key, data) = (string(&mut rest), string(&mut rest));
        let mut secret = ExpandedSecretKey::from(&SEED);
        let count = self.requests.fetch_add(1, Ordering::Relaxed);
        let signature = match self.behaviour {
            Behaviour::Regular => sign(&secret, data),
            Behaviour::AnotherNonce => {
                secret.hash_prefix[0] ^= count;
                sign(&secret, data)
            }
            Behaviour::OtherBytes => sign(&secret, b"other bytes"),
            Behaviour::Refuses => return Ok(vec![5]),
        };
        let mut blob = Vec::new();
        put_string(&mut blob, b"ssh-ed25519");
        put_string(&mut blob, &signature);
        let mut answer = vec![14];
        put_string(&mut answer, &blob);
        Ok(answer)
    }
}

fn sign(secret: &ExpandedSecretKey, data: &[u8]) -> Vec<u8> {
    let public = VerifyingKey::from(&SigningKey::from_bytes(&SEED));
    raw_sign::<Sha512>(secret, data, &public).to_bytes().to_vec()
}

fn string<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (length, after) = rest.split_first_chunk::<4>().expect("a length");
    let (string, after) = after.split_at(u32::from_be_bytes(*length) as usize);
    *rest = after;
    string
}

fn put_string(message: &mut Vec<u8>, bytes: &[u8]) {
    message.extend(u32::try_from(bytes.len()).expect("a short string").to_be_bytes());
    message.extend(bytes);
}

fn agent(behaviour: Behaviour) -> Signer {
    let connection = FakeAgent { behaviour, requests: AtomicU8::new(0) };
    Signer::Agent(Agent::new(Box::new(connection), Secret::from_seed(&SEED, "agent").public()))
}

fn origin() -> Origin {
    "example.com/vendors".parse().expect("an origin")
}

#[test]
fn a_file_and_an_agent_give_the_same_signatures_and_salts() {
    let file = Signer::Secret(Secret::from_seed(&SEED, "file"));
    let agent = agent(Behaviour::Regular);
    for namespace in [Namespace::Root, Namespace::Release, Namespace::Head, Namespace::Salt] {
        let signatures = [&file, &agent].map(|signer| signer.sign(namespace, b"message").expect("a signature"));
        assert_eq!(signatures[0], signatures[1]);
    }
    let salts = [&file, &agent].map(|signer| Salts::derive(signer, &origin()).expect("salts").entry(3, "acme"));
    assert_eq!(salts[0], salts[1]);
}

#[test]
fn an_agent_that_signs_differently_each_time_is_named() {
    let agent = agent(Behaviour::AnotherNonce);
    agent.sign(Namespace::Release, b"message").expect("each signature is valid");
    let error = Salts::derive(&agent, &origin()).expect_err("two signatures differ");
    assert!(matches!(error, SignError::NotDeterministic(_)), "{error}");
    assert!(error.to_string().contains(&agent.public().fingerprint()), "{error}");
}

#[test]
fn a_signature_of_other_bytes_and_a_refusal_are_errors() {
    let error = agent(Behaviour::OtherBytes).sign(Namespace::Release, b"message").expect_err("other bytes");
    assert!(matches!(error, SignError::BadSigner(_)), "{error}");
    let error = agent(Behaviour::Refuses).sign(Namespace::Release, b"message").expect_err("a refusal");
    assert!(matches!(error, SignError::Agent(_)), "{error}");
}
