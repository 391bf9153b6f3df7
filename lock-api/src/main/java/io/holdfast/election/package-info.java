/**
 * Leader election: one of many candidates leads, the others wait, anybody may watch.
 *
 * <p>Start at {@link io.holdfast.election.Elections}. To lead is to hold an exclusive lock for
 * long; the term is its fencing token, and what a leader writes has to be guarded by it like
 * anything else that a lock protects.
 */
@NullMarked
package io.holdfast.election;

import org.jspecify.annotations.NullMarked;
