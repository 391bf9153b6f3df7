/**
 * Distributed locks beside the peers of the two stores, on whole clusters. Read {@code
 * LockBenchmarks} first; {@code LockComparison} is the way in.
 */
@NullMarked
package io.holdfast.benchmarks.locks;

import org.jspecify.annotations.NullMarked;
