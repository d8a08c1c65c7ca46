//! Logs that continue what was kept of them, and logs that do not although they verify.

use changecast_core::{
    ledger::{Branch, Continuation, Discontinuity, Fork, Head, Parting, compare, compare_head, layout::Path},
    model::Timestamp,
};

use crate::support::{HEAD, Log, RELEASE, five_releases, inventory, keys_release};

/// The log of [`five_releases`] with another first version, as its publisher could sign it later.
fn doctored() -> Log {
    let mut log = Log::new();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Iceland"), ("Kestrel", "Mail", "United States")])));
    log.head();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway"), ("Oakline", "Backup", "Germany")])));
    log.head();
    log
}

/// A log of five releases that continues with this location.
fn continued(location: &str) -> Log {
    let mut log = five_releases();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", location)])));
    log.head();
    log
}

fn compared(kept: &Log, found: &Log) -> Result<Continuation, Discontinuity> {
    let result = compare(&kept.files.verify().unwrap(), &found.files.verify().unwrap());
    let (head, digest) = kept.head.as_ref().unwrap();
    let by_head = compare_head((head, *digest), &found.files.verify().unwrap());
    // A head proves as much as the whole copy, except which branch of a fork continues the log. A fork with fewer
    // releases than the head covers looks older.
    match (&result, by_head) {
        (Ok(whole), Ok(by_head)) => assert_eq!(*whole, by_head),
        (Err(whole), Err(by_head)) => assert!(by_head.status() == whole.status() || by_head.status() == 4),
        (whole, by_head) => panic!("{whole:?}, but by its head {by_head:?}"),
    }
    result
}

/// Where the log was forked, and which branch continues it.
fn fork(kept: &Log, found: &Log) -> (u64, Branch) {
    match compared(kept, found) {
        Err(Discontinuity::Fork(Fork { place: Parting::Release { found, .. }, branch })) => (found.seq, branch),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_log_continues_every_earlier_state_of_it() {
    let (five, six) = (five_releases(), continued("Norway"));
    assert_eq!(compared(&five, &five).unwrap(), Continuation::default());
    let continuation = compared(&five, &six).unwrap();
    assert_eq!((continuation.releases, continuation.heads), (1, 1));
    let verified = six.files.verify().unwrap();
    for number in 0..verified.heads.len() as u64 {
        let head = Head::from_bytes(six.files.text(Path::Head(number)).as_bytes()).unwrap();
        let digest = verified.heads[number as usize].digest;
        let continuation = compare_head((&head, digest), &verified).unwrap();
        assert_eq!(continuation.heads, 3 - number);
        assert_eq!(continuation.releases, 5 - head.covers.seq);
    }
}

#[test]
fn an_older_log_is_stale_and_not_forged() {
    let error = compared(&continued("Norway"), &five_releases()).unwrap_err();
    assert_eq!(error.status(), 4);
    let text = error.to_string();
    assert!(text.contains("ends with release 4, ") && text.contains("release 5, "), "{text}");
}

#[test]
fn a_doctored_history_with_the_same_keys_is_found_by_every_kept_head() {
    let (kept, found) = (five_releases(), doctored());
    assert_eq!(fork(&kept, &found), (1, Branch::Neither));
    let verified = found.files.verify().unwrap();
    for (number, head) in kept.files.verify().unwrap().heads.iter().enumerate() {
        let error = compare_head((&head.head, head.digest), &verified).unwrap_err();
        assert!(matches!(error.status(), 3 | 4), "head {number}: {error}");
        assert_eq!(error.status() == 4, head.head.covers.seq > 2, "head {number}: {error}");
    }
}

#[test]
fn a_fork_is_decided_by_the_branch_on_which_the_root_signed() {
    for (kept_root, found_root, branch) in [
        (false, false, Branch::Neither),
        (true, false, Branch::Kept),
        (false, true, Branch::Found),
        (true, true, Branch::Both),
    ] {
        let (mut kept, mut found) = (continued("Norway"), continued("Sweden"));
        for (log, root) in [(&mut kept, kept_root), (&mut found, found_root)] {
            if root {
                let keys = log.tip.keys(keys_release(RELEASE, HEAD)).unwrap();
                log.put(keys);
                log.head();
            }
        }
        assert_eq!(fork(&kept, &found), (5, branch), "{kept_root} {found_root}");
    }
}

#[test]
fn releases_that_no_head_covers_may_differ() {
    let (mut kept, found) = (five_releases(), continued("Sweden"));
    kept.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    let kept = kept.files.verify().unwrap();
    assert_eq!(compare(&kept, &found.files.verify().unwrap()).unwrap().releases, 1);
}

#[test]
fn two_heads_of_one_number_agree_if_they_cover_the_same_release() {
    let (mut kept, mut found) = (five_releases(), five_releases());
    kept.head();
    found.head_with(Vec::new(), Some(Timestamp::from_unix_clamped(1_800_000_000)));
    assert_eq!(compared(&kept, &found).unwrap().doubled_heads, [3]);
    let mut other = Log::new();
    other.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")])));
    other.publish(None);
    let mut whole = Log::new();
    whole.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")])));
    whole.head();
    whole.publish(None);
    whole.head();
    other.head();
    let error = compare(&whole.files.verify().unwrap(), &other.files.verify().unwrap()).unwrap_err();
    let Discontinuity::Fork(Fork { place: Parting::Head { number: 0, .. }, .. }) = error else { panic!("{error:?}") };
    assert_eq!(error.status(), 3);
}

#[test]
fn a_log_of_another_list_continues_nothing() {
    let other = crate::support::five_releases_of("fernhill.example/vendors".parse().unwrap());
    let other = changecast_core::ledger::verify(
        &other.files,
        &changecast_core::ledger::Pin { root: crate::support::key(crate::support::ROOT).public(), origin: None },
    );
    let error = compare(&five_releases().files.verify().unwrap(), &other.unwrap()).unwrap_err();
    assert!(matches!(error, Discontinuity::OtherOrigin { .. }));
    assert_eq!(error.status(), 3);
}
