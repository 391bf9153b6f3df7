/**
 * Methods of beans that run under a lock: read {@link io.holdfast.spring.lock.Locked} first. And
 * locks for Spring Integration and ShedLock. For applications.
 */
@NullMarked
package io.holdfast.spring.lock;

import org.jspecify.annotations.NullMarked;
