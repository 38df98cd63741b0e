//! What the programs of the other crates need.

/// Ends the program if something fails, as they all do.
macro_rules! start {
    ($run:ident) => {
        core::arch::global_asm!(".globl _start", "_start:", "xor ebp, ebp", "call {run}", run = sym start);

        unsafe extern "C" fn start() -> ! {
            $run()
        }

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            exit(1)
        }
    };
}
