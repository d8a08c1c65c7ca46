#![no_main]
changecast_fuzz::fuzz_target!(|bytes: &[u8]| changecast_fuzz::check_versions("list.yaml", bytes));
