#!/bin/sh
# Build the object that `lazaretto watch` loads as root. Needs clang 14, llvm-strip and libbpf's headers (Debian 12:
# clang-14 llvm-14 libbpf-dev). The same source gives the same bytes. Usage: tools/build_bpf.sh [OUTPUT]
set -eu
out=$(realpath -m "${1:-$(dirname "$0")/../src/lazaretto/adapters/sensors/bpf/watch.x86_64.bpf.o}")
cd "$(dirname "$0")/../src/lazaretto/adapters/sensors/bpf"
clang-14 -g -O2 -Wall -target bpf -D__TARGET_ARCH_x86 -I/usr/include/x86_64-linux-gnu \
    -fdebug-prefix-map="$(pwd)"=. -fdebug-compilation-dir=. -c watch.bpf.c -o "$out"
llvm-strip-14 -g "$out"
