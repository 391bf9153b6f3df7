/**
 * Commits over two databases, ours beside the peers': {@code CommitBenchmarks} has the rows, a
 * {@code Mover} is one way to move money.
 */
@NullMarked
package io.holdfast.benchmarks.commit;

import org.jspecify.annotations.NullMarked;
