package io.holdfast.payment.ledger;

/**
 * Whose an account must be for a plan to be carried out.
 *
 * @param account which
 * @param shard where it lives
 * @param owner the name of the caller
 */
public record RequiredOwner(AccountId account, int shard, String owner) {}
