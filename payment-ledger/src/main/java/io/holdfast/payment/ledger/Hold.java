package io.holdfast.payment.ledger;

/**
 * Money of an account that is promised and not yet moved. Whoever makes one keeps its id in a
 * document, and sees to its end by {@link Document#due}.
 *
 * @param id unique in the ledger; often the document's id
 * @param account whose
 * @param amount how much, minor units of the account's currency; more than zero
 */
public record Hold(String id, AccountId account, long amount) {

  public Hold {
    if (amount <= 0 || id.isEmpty() || id.length() > 100) {
      throw new IllegalArgumentException("a hold has an id and is over more than zero");
    }
  }
}
