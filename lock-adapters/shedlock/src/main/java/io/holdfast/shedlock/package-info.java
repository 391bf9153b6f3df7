/**
 * Locks for ShedLock, kept in the cluster. Read {@link io.holdfast.shedlock.HoldfastLockProvider}
 * first. For applications that schedule by ShedLock.
 */
@NullMarked
package io.holdfast.shedlock;

import org.jspecify.annotations.NullMarked;
