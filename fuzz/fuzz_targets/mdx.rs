#![no_main]
changecast_fuzz::reader!("list.mdx");
