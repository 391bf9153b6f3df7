package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryFenceTest {

  private static final FencingToken OLD = FencingToken.of(new Revision(7));
  private static final FencingToken NEW = FencingToken.of(new Revision(9));

  private final MemoryFence fence = new MemoryFence();
  private final List<String> written = new ArrayList<>();

  @Test
  void check_beforeAnySeal_isRefused() {
    assertThatThrownBy(() -> fence.check("orders", OLD))
        .isInstanceOf(StaleTokenException.class)
        .hasMessageContaining("sealed by nobody")
        .hasMessageContaining("call seal");
  }

  @Test
  void guarded_afterAGreaterSeal_writesNothing() {
    fence.seal("orders", OLD);
    fence.guarded("orders", OLD, () -> written.add("old"));
    fence.seal("orders", NEW);

    assertThatThrownBy(() -> fence.guarded("orders", OLD, () -> written.add("late")))
        .isInstanceOf(StaleTokenException.class)
        .hasMessageContaining(OLD.toString())
        .hasMessageContaining("is sealed by " + NEW)
        .hasMessageContaining("holdfast generation bump --to 1 --yes");
    fence.guarded("orders", NEW, () -> written.add("new"));
    assertThat(written).containsExactly("old", "new");
  }

  @Test
  void seal_withASmallerToken_isRefusedAndASecondTimeIsNot() {
    fence.seal("orders", NEW);
    fence.seal("orders", NEW);
    assertThatThrownBy(() -> fence.seal("orders", OLD)).isInstanceOf(StaleTokenException.class);
    fence.seal("bills", OLD);
  }
}
