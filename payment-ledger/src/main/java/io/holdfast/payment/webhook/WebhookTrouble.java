package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import java.time.Instant;

/**
 * An account whose events cannot be delivered now, for operators.
 *
 * @param account whose
 * @param failures in a row, as far as this node has tried
 * @param failure the latest
 * @param since when the event happened that is not delivered
 * @param disabled whether it has lasted so long that somebody should ask the owner
 */
public record WebhookTrouble(
    AccountId account, int failures, String failure, Instant since, boolean disabled) {}
