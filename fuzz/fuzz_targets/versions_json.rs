#![no_main]
const PADDING: [&str; 3] = ["[", ", {\"name\": \"Padding number {}\", \"purpose\": \"padding\"}", "]"];
changecast_fuzz::fuzz_target!(|bytes: &[u8]| changecast_fuzz::check_versions("list.json", PADDING, bytes));
