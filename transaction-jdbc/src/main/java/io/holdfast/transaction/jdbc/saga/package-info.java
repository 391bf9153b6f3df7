/**
 * Sagas in a database: PostgreSQL, MariaDB or H2.
 *
 * <p>Read {@link io.holdfast.transaction.jdbc.saga.JdbcSagas} first: how a service starts them in
 * its own transactions, and how operators see and resume them.
 */
@NullMarked
package io.holdfast.transaction.jdbc.saga;

import org.jspecify.annotations.NullMarked;
