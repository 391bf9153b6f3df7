package io.holdfast.payment.ledger.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnsweredBranchesTest {

  private final AnsweredBranches answered = new AnsweredBranches();

  @Test
  void ended_nothingOfTheShardIsAnswered_completesAtOnce() {
    answered.add(1, new CompletableFuture<>());
    assertThat(answered.ended(2)).isCompleted();
  }

  @Test
  void ended_completesWhenAllHaveEndedThatCameBefore() {
    CompletableFuture<Boolean> first = new CompletableFuture<>();
    CompletableFuture<Boolean> second = new CompletableFuture<>();
    CompletableFuture<Boolean> third = new CompletableFuture<>();
    answered.add(1, first);
    answered.add(1, second);
    CompletableFuture<Void> ended = answered.ended(1);
    answered.add(1, third);

    second.complete(true);
    assertThat(ended).isNotDone();
    first.complete(true);
    assertThat(ended).isCompleted();
    assertThat(answered.ended(1)).isNotDone();
    third.complete(true);
    assertThat(answered.ended(1)).isCompleted();
  }

  @Test
  void ended_oneFails_completes() {
    CompletableFuture<Boolean> first = new CompletableFuture<>();
    answered.add(1, first);
    CompletableFuture<Void> ended = answered.ended(1);
    first.completeExceptionally(new IllegalStateException("for a test"));
    assertThat(ended).isCompleted();
  }

  /** Say a reader gives up waiting: that must not tell the others that it is over. */
  @Test
  void ended_completedByAReader_isNotCompletedForOthers() {
    answered.add(1, new CompletableFuture<>());
    answered.ended(1).complete(null);
    assertThat(answered.ended(1)).isNotDone();
  }
}
