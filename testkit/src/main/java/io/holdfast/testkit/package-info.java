/**
 * What a backend or a recipe is tested with; published, so that others can test theirs. The
 * packages below: an in-memory backend with a clock and faults of its own, the contract that every
 * backend passes, and fixtures that start real clusters.
 */
@NullMarked
package io.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
