/**
 * The lock recipe: from the call to the place in the cluster's queue, the wait, and the hold.
 * Private to this module.
 *
 * <p>Read {@link io.holdfast.lock.internal.queue.Acquisition} first; {@link
 * io.holdfast.lock.internal.queue.Admission} is the rule who may hold.
 */
@NullMarked
package io.holdfast.lock.internal.queue;

import org.jspecify.annotations.NullMarked;
