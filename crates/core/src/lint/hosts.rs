//! Hosts that the repository's code calls.

use std::collections::BTreeMap;

use super::{
    finding::Draft,
    names::{mentions, spaced},
    snapshot::Snapshot,
    vendors::vendor_of_host,
};

pub(super) fn unlisted(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let cells = list.entries.iter().flat_map(|entry| entry.cells.iter().map(|cell| cell.text.markdown().as_str()));
    let listed: String = list.entries.iter().map(|entry| entry.name.as_str()).chain(cells).map(spaced).collect();
    let mut found: BTreeMap<String, Draft> = BTreeMap::new();
    for host in snapshot.hosts {
        let known = vendor_of_host(&host.host);
        let label = registered(&host.host);
        let is_listed = known.is_some_and(|vendor| vendor.names.iter().any(|name| mentions(&listed, name)))
            || mentions(&listed, label)
            || listed.replace(' ', "").contains(label);
        if is_listed {
            continue;
        }
        let name = known.map_or(host.host.as_str(), |vendor| vendor.name);
        let message = match known {
            Some(vendor) => format!("the code calls {}, and {} is not on the list", host.host, vendor.name),
            None => format!("the code calls {}, and the list does not name its vendor", host.host),
        };
        let help = "add the vendor if it receives personal data of customers, or name the host under `hosts.ignore`";
        found.entry(name.to_owned()).or_insert_with(|| Draft::host(host, message).help(help).key(name));
    }
    found.into_values().collect()
}

/// The registered name of a host.
fn registered(host: &str) -> &str {
    let labels: Vec<&str> = host.split('.').collect();
    labels.get(labels.len().saturating_sub(2)).copied().unwrap_or(host)
}
