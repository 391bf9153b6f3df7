/**
 * Try, confirm, cancel: work that is reserved first and made final or undone later, and what keeps
 * its three calls in order. Read {@link io.holdfast.transaction.tcc.Barrier} first. For databases
 * it is ready to use in {@code io.holdfast.transaction.jdbc.tcc}; other stores build on this.
 */
@NullMarked
package io.holdfast.transaction.tcc;

import org.jspecify.annotations.NullMarked;
