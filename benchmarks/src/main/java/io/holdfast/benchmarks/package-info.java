/**
 * Holdfast and its peers, measured in one run. {@link io.holdfast.benchmarks.Benchmarks} is the
 * command; each subject has a package of its own.
 */
@NullMarked
package io.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
