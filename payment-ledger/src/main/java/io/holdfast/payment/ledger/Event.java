package io.holdfast.payment.ledger;

/**
 * Something to be told to the owner of an account, in the order in which it happened there.
 *
 * @param account whose owner; in any shard, which then takes part as with a posting to the account
 * @param type such as {@code payment.captured}
 * @param body a record, told as JSON; without secrets
 */
public record Event(AccountId account, String type, Record body) {}
