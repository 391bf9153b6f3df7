/**
 * Holdfast and its peers, measured in one run on one cluster. {@link
 * io.holdfast.benchmarks.Benchmarks} is the command; a {@code Duel} is one comparison.
 */
@NullMarked
package io.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
