# The guest that proves an accelerator: 64 KiB of firmware that goes from real to long mode, turns paging on,
# is woken from HLT by three timer interrupts and leaves by isa-debug-exit with 0x2a. A hypervisor that can
# do this runs guests; one that opens and then hangs is caught by the caller's time-out.
#
# `node build.ts` (needs binutils) writes src/generated/accelerator-probe-firmware.ts from it.

        .set ROM, 0xf0000               # where the last 64 KiB of firmware appear below 1 MiB
        .set PML4, 0x1000
        .set PDPT, 0x2000
        .set PD, 0x3000
        .set IDT, 0x4000
        .set TICKS, 0x5000
        .set STACK, 0x7000
        .set TIMER_VECTOR, 0x20
        .set PIT_DIVISOR, 11932         # 1193182 Hz / 11932 = 100 Hz

        .code16
start:  cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss

        # Clear the tables; memory is not promised to be zero.
        cld
        movw    $PML4, %di
        movw    $((STACK - PML4) / 2), %cx
        rep stosw

        # Identity-map the first 2 MiB, this firmware among them.
        movl    $(PDPT | 3), PML4
        movl    $(PD | 3), PDPT
        movl    $0x83, PD

        lgdtl   %cs:(gdt_pointer - start)
        movl    %cr4, %eax
        orl     $(1 << 5), %eax         # PAE
        movl    %eax, %cr4
        movl    $PML4, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx       # EFER
        rdmsr
        orl     $(1 << 8), %eax         # LME
        wrmsr
        movl    %cr0, %eax
        orl     $0x80000001, %eax       # PG and PE at once: real mode straight to long mode
        movl    %eax, %cr0
        ljmpl   $0x08, $(ROM + long_mode - start)

        .code64
long_mode:
        movw    $0x10, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movl    $STACK, %esp

        # One interrupt gate, for the timer.
        movl    $(ROM + on_timer - start), %eax
        movw    %ax, IDT + TIMER_VECTOR * 16
        movw    $0x08, IDT + TIMER_VECTOR * 16 + 2
        movw    $0x8e00, IDT + TIMER_VECTOR * 16 + 4
        shrl    $16, %eax
        movw    %ax, IDT + TIMER_VECTOR * 16 + 6
        lidt    ROM + idt_pointer - start

        # Interrupt controllers: IRQ 0 becomes vector 0x20, everything else is masked.
        movb    $0x11, %al
        outb    %al, $0x20
        outb    %al, $0xa0
        movb    $TIMER_VECTOR, %al
        outb    %al, $0x21
        movb    $(TIMER_VECTOR + 8), %al
        outb    %al, $0xa1
        movb    $4, %al
        outb    %al, $0x21
        movb    $2, %al
        outb    %al, $0xa1
        movb    $1, %al
        outb    %al, $0x21
        outb    %al, $0xa1
        movb    $0xfe, %al
        outb    %al, $0x21
        movb    $0xff, %al
        outb    %al, $0xa1

        # Without its local APIC the processor takes interrupts straight from the controllers.
        movl    $0x1b, %ecx             # IA32_APIC_BASE
        rdmsr
        andl    $~(1 << 11), %eax
        wrmsr

        # Timer: channel 0, rate generator.
        movb    $0x34, %al
        outb    %al, $0x43
        movb    $(PIT_DIVISOR & 0xff), %al
        outb    %al, $0x40
        movb    $(PIT_DIVISOR >> 8), %al
        outb    %al, $0x40

        sti
sleep:  hlt
        cmpl    $3, TICKS
        jb      sleep

        movb    $0x2a, %al
        outb    %al, $0xf4              # isa-debug-exit: QEMU exits with 0x2a * 2 + 1 = 85
hang:   jmp     hang

on_timer:
        pushq   %rax
        incl    TICKS
        movb    $0x20, %al
        outb    %al, $0x20
        popq    %rax
        iretq

        .balign 8
gdt:    .quad   0
        .quad   0x00209a0000000000      # 64-bit code
        .quad   0x0000920000000000      # data
gdt_pointer:
        .word   . - gdt - 1
        .long   ROM + gdt - start
idt_pointer:
        .word   0xfff
        .quad   IDT
end:

        .org    0xfff0
        .code16
        ljmpw   $(ROM >> 4), $0         # the reset vector
        .org    0x10000
