/**
 * Service discovery beside the peers, on a whole cluster: how soon a change is seen, and what a
 * restart of all instances costs. {@code DiscoveryBenchmarks} is the way in.
 */
@NullMarked
package io.holdfast.benchmarks.discovery;

import org.jspecify.annotations.NullMarked;
