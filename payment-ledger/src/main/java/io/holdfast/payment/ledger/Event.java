package io.holdfast.payment.ledger;

/**
 * Something to be told to the owner of an account, in the order in which it happened there.
 *
 * @param account whose owner; of the shard that executes
 * @param type such as {@code payment.captured}
 * @param body a record, told as JSON; without secrets
 */
public record Event(AccountId account, String type, Record body) {}
