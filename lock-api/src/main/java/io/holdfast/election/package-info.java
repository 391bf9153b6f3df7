/**
 * Leader election: one of many candidates leads, the others wait, anybody may watch.
 *
 * <p>Start at {@link io.holdfast.election.Elections}. To lead is to hold an exclusive lock for a
 * long time. The term is its fencing token. The token must guard what a leader writes, as with any
 * lock.
 */
@NullMarked
package io.holdfast.election;

import org.jspecify.annotations.NullMarked;
