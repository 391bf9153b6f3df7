/**
 * Choices of the load balancer beside the peers': what they cost, and how good they are. Read
 * {@code PickContestant} first; {@code BalanceBenchmarks} is the way in.
 */
@NullMarked
package io.holdfast.benchmarks.balance;

import org.jspecify.annotations.NullMarked;
