//! Room for small memory, taken at once.
//!
//! The allocator of the GNU C library gives the end of its memory back whenever 128 KiB of it are free, and takes it again some microseconds later,
//! page by page; threads take theirs in steps of one page. For a program that runs for milliseconds this is half of its time. Once a block of
//! some megabytes has been freed, it keeps what it has (`mallopt(3)`, `M_MMAP_THRESHOLD`). Blocks that nobody writes to cost no memory. With another
//! allocator nothing changes.

use std::hint::black_box;

/// More than is free at the end of most questions.
const KEPT: usize = 16 << 20;
/// What a question on one document needs, about.
const TAKEN: usize = 2 << 20;

/// Keeps what is freed, and takes room for the first thread.
pub(crate) fn keep() {
    drop(black_box(Vec::<u8>::with_capacity(KEPT)));
    take();
}

/// Takes room for a thread.
pub(crate) fn take() {
    drop(black_box(Vec::<u8>::with_capacity(TAKEN)));
}
