/**
 * What all comparisons share: a {@code Duel} is one, a {@code Result} its line, and the {@code
 * Report} takes it. Called by the other packages here.
 */
@NullMarked
package io.holdfast.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
