/**
 * Sharing within the process: those who want one lock through one coordinator stand in the
 * cluster's queue as one, and hand the lock over among them. Private to this module.
 */
@NullMarked
package io.holdfast.lock.internal.local;

import org.jspecify.annotations.NullMarked;
