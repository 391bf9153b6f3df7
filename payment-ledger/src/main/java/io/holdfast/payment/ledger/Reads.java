package io.holdfast.payment.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * What a plan wants to see of the shard that executes it. What lies in other shards cannot be seen.
 *
 * @param accounts client accounts
 * @param documents documents
 * @param holds holds, by id
 */
public record Reads(List<AccountId> accounts, List<DocumentId> documents, List<String> holds) {

  /** Nothing. */
  public static final Reads NONE = new Reads(List.of(), List.of(), List.of());

  public Reads {
    accounts = List.copyOf(accounts);
    documents = List.copyOf(documents);
    holds = List.copyOf(holds);
  }

  /** And this account. */
  public Reads account(AccountId id) {
    return new Reads(and(accounts, id), documents, holds);
  }

  /** And this document. */
  public Reads document(DocumentId id) {
    return new Reads(accounts, and(documents, id), holds);
  }

  /** And this hold. */
  public Reads hold(String id) {
    return new Reads(accounts, documents, and(holds, id));
  }

  private static <T> List<T> and(List<T> some, T more) {
    List<T> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }
}
