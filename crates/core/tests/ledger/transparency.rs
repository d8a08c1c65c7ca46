//! Transparency logs of others: a C2SP checkpoint over the headers and a witness's cosignature fit without
//! changing a published byte. Everything but the headers is the work of other people's crates.

use ed25519_dalek::{Signature as RawSignature, Signer as _, SigningKey, Verifier as _};
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, Verifier, VerifierList, generate_key, key_id};
use tlog_tiles::{
    checkpoint::Checkpoint,
    tlog::{self, Hash, HashReader, check_record, check_tree, prove_record, prove_tree, record_hash, tree_hash},
};

use changecast_core::ledger::layout::Path;

use crate::support::{ORIGIN, five_releases, inventory};

/// The hashes of a tree, in the order of `stored_hashes`.
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

/// A tree whose leaves are the bytes of the headers (RFC 6962).
fn tree(headers: &[Vec<u8>]) -> Stored {
    let mut stored = Stored(Vec::new());
    for (at, header) in (0..).zip(headers) {
        let hashes = tlog::stored_hashes(at, header, &stored).unwrap();
        stored.0.extend(hashes);
    }
    stored
}

/// A witness that signs as <https://c2sp.org/tlog-cosignature> says.
struct Witness {
    key: SigningKey,
    time: u64,
}

const WITNESS: &str = "witness.example";

impl Witness {
    fn message(&self, note: &[u8]) -> Vec<u8> {
        [format!("cosignature/v1\ntime {}\n", self.time).as_bytes(), note].concat()
    }

    fn id(&self) -> u32 {
        key_id(WITNESS, &[&[4], self.key.verifying_key().as_bytes().as_slice()].concat())
    }
}

impl Signer for Witness {
    fn name(&self) -> &str {
        WITNESS
    }

    fn key_id(&self) -> u32 {
        self.id()
    }

    fn sign(&self, note: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let signature = self.key.sign(&self.message(note));
        Ok([self.time.to_be_bytes().as_slice(), &signature.to_bytes()].concat())
    }
}

impl Verifier for Witness {
    fn name(&self) -> &str {
        WITNESS
    }

    fn key_id(&self) -> u32 {
        self.id()
    }

    fn verify(&self, note: &[u8], signature: &[u8]) -> bool {
        let signature = signature.strip_prefix(self.time.to_be_bytes().as_slice());
        let signature = signature.and_then(|bytes| RawSignature::from_slice(bytes).ok());
        signature.is_some_and(|signature| self.key.verifying_key().verify(&self.message(note), &signature).is_ok())
    }
}

#[test]
fn a_checkpoint_and_a_cosignature_fit_over_the_headers() {
    let mut log = five_releases();
    let before = headers(&log.files);
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    let after = headers(&log.files);
    assert_eq!(after[..before.len()], before, "publishing changes no header");

    let (old, new) = (tree(&before), tree(&after));
    let (old_size, new_size) = (before.len() as u64, after.len() as u64);
    let (old_root, new_root) = (tree_hash(old_size, &old).unwrap(), tree_hash(new_size, &new).unwrap());
    let consistency = prove_tree(new_size, old_size, &new).unwrap();
    check_tree(&consistency, new_size, new_root, old_size, old_root).unwrap();
    for (seq, header) in (0..).zip(&after) {
        let proof = prove_record(new_size, seq, &new).unwrap();
        check_record(&proof, new_size, new_root, seq, record_hash(header)).unwrap();
    }

    // The origin of a log is a valid origin of a checkpoint, and a valid name of a key.
    let checkpoint = Checkpoint::new(ORIGIN, new_size, new_root, "").unwrap();
    let (secret, public) = generate_key(&mut ssh_key::rand_core::OsRng, ORIGIN);
    let signer = StandardSigner::new(&secret).unwrap();
    let witness = Witness { key: SigningKey::from_bytes(&[7; 32]), time: 1_720_000_000 };
    let mut note = Note::new(&checkpoint.to_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer, &witness]).unwrap();

    let read = Note::from_bytes(&note.to_bytes()).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&public).unwrap()), Box::new(witness)]);
    let (verified, unverified) = read.verify(&known).unwrap();
    assert_eq!((verified.len(), unverified.len()), (2, 0));
    let read = Checkpoint::from_bytes(read.text()).unwrap();
    assert_eq!((read.origin(), read.size(), *read.hash()), (ORIGIN, new_size, new_root));

    // The file of a checkpoint has a name that verifiers ignore.
    log.files.0.insert(Path::Checkpoint.to_string(), note.to_bytes());
    assert_eq!(log.files.status(), 0);
}

fn headers(files: &crate::support::Files) -> Vec<Vec<u8>> {
    (0..).map_while(|seq| files.0.get(&Path::Header(seq).to_string()).cloned()).collect()
}
