package io.holdfast.payment.ledger.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenBranchesTest {

  private static final FencingToken OURS = FencingToken.of(new Revision(1));
  private static final FencingToken LATER = FencingToken.of(new Revision(2));
  private static final BranchBody BODY =
      new BranchBody(
          new BranchBody.Head("transfer", "anna", "a-1", "k", "{}"),
          List.of(),
          Claims.NONE,
          List.of(),
          Optional.empty(),
          Map.of("a-1", 5L),
          Map.of(),
          LocalDate.EPOCH);

  private final OpenBranches branches = new OpenBranches();

  private static ShardBooks books() {
    return new ShardBooks(7, 0, new byte[0], new NothingThere(), Map.of());
  }

  private void prepared() {
    ShardBooks books = books();
    books.putBranch(new ShardBooks.BranchRow("b", Instant.EPOCH, BODY));
    branches.committed(books, OURS);
  }

  @Test
  void find_preparedByTheRightOfTheSameToken_isKnown() {
    prepared();
    assertThat(branches.find("b", OURS)).contains(BODY);
    assertThat(branches.find("another", OURS)).isEmpty();
  }

  @Test
  void find_byTheRightOfAnotherTokenOrNone_isNotKnown() {
    prepared();
    assertThat(branches.find("b", LATER)).isEmpty();
    assertThat(branches.find("b", null)).isEmpty();
  }

  @Test
  void find_endedOrInDoubt_isNotKnown() {
    prepared();
    ShardBooks ending = books();
    ending.loaded("b", BODY);
    ending.removeBranch("b");
    branches.committed(ending, OURS);
    assertThat(branches.find("b", OURS)).isEmpty();

    prepared();
    branches.forget();
    assertThat(branches.find("b", OURS)).isEmpty();
  }
}
