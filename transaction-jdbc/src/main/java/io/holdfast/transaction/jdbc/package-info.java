/**
 * Databases as participants. Read {@link io.holdfast.transaction.jdbc.PostgresParticipant} first.
 */
@NullMarked
package io.holdfast.transaction.jdbc;

import org.jspecify.annotations.NullMarked;
