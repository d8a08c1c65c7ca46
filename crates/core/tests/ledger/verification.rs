//! Logs that verify, and what verification reports of them.

use changecast_core::{
    ledger::{Chain, Pin, Tip, VerifyError, layout::Path, open, verify},
    model::Timestamp,
};

use crate::support::{Log, ROOT, SECOND_ROOT, five_releases, inventory, key, origin, pin};

#[test]
fn a_log_verifies_and_reports_its_list_and_times() {
    let mut log = five_releases();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    log.head();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.origin, origin());
    assert_eq!(verified.releases.len(), 6);
    assert_eq!(verified.list.known(), log.tip.list.as_ref());
    let list = verified.list.known().unwrap();
    assert!(list.entry("nordhaven").is_some());
    let times: Vec<_> = verified.releases.iter().map(|release| release.publication.unwrap()).collect();
    let heads: Vec<u64> = times.iter().map(|time| time.head).collect();
    assert_eq!(heads, [0, 0, 1, 1, 2, 3]);
    let backfilled: Vec<bool> = times.iter().map(|time| time.backfilled).collect();
    assert_eq!(backfilled, [true, true, false, false, false, false]);
    assert_eq!(verified.source().unwrap().commit.as_str(), format!("{:040x}", 5));
    assert_eq!(verified.authority().unwrap().as_str(), "fernhill.example,2024");
    assert_eq!(verified.not_replayed().count(), 0);
    assert!(verified.unfinished.is_empty() && verified.remarks.is_empty());
}

#[test]
fn every_root_key_of_release_0_can_be_pinned_if_it_signed() {
    let log = five_releases();
    // Release 0 is signed by the first root key only: a customer who pinned the second one must decide.
    let pin = Pin { root: key(SECOND_ROOT).public(), origin: None };
    assert_eq!(verify(&log.files, &pin).unwrap_err().status(), 5);
    let other = Pin { root: key(ROOT).public(), origin: Some("fernhill.example/other".parse().unwrap()) };
    assert_eq!(verify(&log.files, &other).unwrap_err().status(), 3);
    let any = Pin { root: key(ROOT).public(), origin: None };
    assert!(verify(&log.files, &any).is_ok());
}

#[test]
fn an_expired_head_is_stale_but_authentic() {
    let mut log = five_releases();
    let expires = Timestamp::from_unix_clamped(1_720_000_000);
    log.head_with(Vec::new(), Some(expires));
    let verified = log.files.verify().unwrap();
    assert!(verified.check_fresh(expires).is_ok());
    assert_eq!(verified.check_fresh(expires.next()).unwrap_err().status(), 4);
}

#[test]
fn releases_that_no_head_covers_are_not_published() {
    let mut log = five_releases();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.covered().unwrap().header.seq, 4);
    assert_eq!(verified.releases[5].publication, None);
    assert_eq!(verified.list.known(), None, "the list is withdrawn in the last covered release");
    assert!(verified.last_list.known().is_some());
    let tip = Tip::of(&verified).unwrap();
    assert_eq!((tip.next, tip.list), (6, log.tip.list));
}

#[test]
fn a_publisher_continues_a_log_that_was_cut_off() {
    let log = five_releases();
    let mut published = log.files.clone();
    let mut next = five_releases();
    next.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    let (header, signature, body) = (Path::Header(5), Path::HeaderSignature(5), Path::Body(5));
    // Every state of the three files that a power cut can leave.
    let states = [None, Some(0), Some(10), Some(usize::MAX)];
    for cut_header in states {
        for cut_signature in states {
            for cut_body in states {
                published.0.retain(|path, _| !path.starts_with("log/000005"));
                for (path, cut) in [(header, cut_header), (signature, cut_signature), (body, cut_body)] {
                    let whole = &next.files.0[&path.to_string()];
                    let bytes = cut.map(|length| whole[..length.min(whole.len())].to_vec());
                    published.0.extend(bytes.map(|bytes| (path.to_string(), bytes)));
                }
                let verified = open(&published, &pin()).unwrap();
                let written = [cut_header, cut_signature, cut_body];
                let is_whole = written.iter().all(|cut| *cut == Some(usize::MAX));
                assert_eq!(verified.releases.len(), if is_whole { 6 } else { 5 }, "{written:?}");
                let is_clean = is_whole || written.iter().all(Option::is_none);
                assert_eq!(verified.unfinished.is_empty(), is_clean, "{written:?}");
            }
        }
    }
}

#[test]
fn a_log_without_head_is_incomplete_for_readers_and_opens_for_its_publisher() {
    let mut log = Log::new();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    assert!(matches!(log.files.verify(), Err(VerifyError::Incomplete(_))));
    assert_eq!(open(&log.files, &pin()).unwrap().releases.len(), 2);
    assert!(matches!(open(&crate::support::Files::default(), &pin()), Err(VerifyError::Incomplete(_))));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(five_releases().files, five_releases().files);
    let chain = Chain::new(key(ROOT).public(), None);
    assert!(chain.links().is_empty() && chain.origin().is_none());
}
