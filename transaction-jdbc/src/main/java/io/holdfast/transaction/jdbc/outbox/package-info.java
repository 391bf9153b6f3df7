/**
 * Outboxes and inboxes in a database: PostgreSQL, MariaDB or H2.
 *
 * <p>Read {@link io.holdfast.transaction.jdbc.outbox.JdbcOutbox} first: what a service writes to,
 * and what its relay reads. {@link io.holdfast.transaction.jdbc.outbox.JdbcInbox} is what a
 * receiver drops repeated messages with.
 */
@NullMarked
package io.holdfast.transaction.jdbc.outbox;

import org.jspecify.annotations.NullMarked;
