/** Locks for coroutines: {@code withLock} and {@code withLockOrNull}. */
@NullMarked
package io.holdfast.kotlin;

import org.jspecify.annotations.NullMarked;
