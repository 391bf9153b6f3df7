/**
 * Try, confirm, cancel in a database. Read {@link io.holdfast.transaction.jdbc.tcc.TccParticipant}
 * first.
 */
@NullMarked
package io.holdfast.transaction.jdbc.tcc;

import org.jspecify.annotations.NullMarked;
