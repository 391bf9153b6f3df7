/** The gateway's doors beside the originals: {@code DoorBenchmarks} is the way in. */
@NullMarked
package io.holdfast.benchmarks.doors;

import org.jspecify.annotations.NullMarked;
