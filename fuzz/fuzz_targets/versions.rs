#![no_main]
const PADDING: [&str; 3] = ["", "\n- name: Padding number {}\n  purpose: padding", "\n"];
changecast_fuzz::fuzz_target!(|bytes: &[u8]| changecast_fuzz::check_versions("list.yaml", PADDING, bytes));
