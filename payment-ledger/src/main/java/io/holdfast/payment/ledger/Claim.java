package io.holdfast.payment.ledger;

/**
 * Takes something that only one can have, in whatever shard: a document of this name is put down
 * there unless there is one already. So what a plan cannot look at, it can still be the only one to
 * have.
 *
 * @param document who has it, or for what
 * @param taken how all of the plan is refused if the document is there already
 */
public record Claim(Document<?> document, Refusal taken) {}
