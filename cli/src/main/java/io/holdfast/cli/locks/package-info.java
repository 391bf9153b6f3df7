/** {@code holdfast locks}: who holds which lock. {@code LocksCommand} names the verbs. */
@NullMarked
package io.holdfast.cli.locks;

import org.jspecify.annotations.NullMarked;
