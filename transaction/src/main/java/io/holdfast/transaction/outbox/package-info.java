/**
 * Messages that leave a service exactly when its local transaction commits.
 *
 * <p>Read {@link io.holdfast.transaction.outbox.OutboxRelay} first. A {@link
 * io.holdfast.transaction.outbox.Message} is appended to a table in the caller's own transaction
 * (module {@code transaction-jdbc}), a relay hands it to a {@link
 * io.holdfast.transaction.outbox.Publisher}, and the receiver drops messages that it has seen
 * before by its {@link io.holdfast.transaction.outbox.Message#id}.
 */
@NullMarked
package io.holdfast.transaction.outbox;

import org.jspecify.annotations.NullMarked;
