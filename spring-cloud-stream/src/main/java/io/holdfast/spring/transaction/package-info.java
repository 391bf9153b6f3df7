/**
 * The outbox within Spring's transactions and over Spring Cloud Stream: read {@link
 * io.holdfast.spring.transaction.TransactionalOutbox} first. For applications.
 */
@NullMarked
package io.holdfast.spring.transaction;

import org.jspecify.annotations.NullMarked;
