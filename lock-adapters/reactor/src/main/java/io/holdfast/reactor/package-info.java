/** Locks for Project Reactor: {@link io.holdfast.reactor.ReactiveLocks}. */
@NullMarked
package io.holdfast.reactor;

import org.jspecify.annotations.NullMarked;
