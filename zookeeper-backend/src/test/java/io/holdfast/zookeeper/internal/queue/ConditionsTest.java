package io.holdfast.zookeeper.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.zookeeper.internal.queue.Conditions.Verdict;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class ConditionsTest {

  private static final Revision TAKEN = new Revision(100);

  private static OpResult since(long created) {
    Stat stat = new Stat();
    stat.setCzxid(created);
    return new OpResult.GetDataResult(new byte[0], stat);
  }

  private static OpResult failure(Code code) {
    return new OpResult.ErrorResult(code.intValue());
  }

  private static Verdict judge(OpResult... answers) {
    return Conditions.judge(List.of(answers), TAKEN);
  }

  @Test
  void judge_allWereThereBefore_isMet() {
    assertThat(judge(since(1), since(99))).isEqualTo(Verdict.MET);
  }

  @Test
  void judge_oneIsMissing_isUnmet() {
    assertThat(judge(since(1), since(2), failure(Code.NONODE))).isEqualTo(Verdict.UNMET);
  }

  @Test
  void judge_oneWasMadeAgainSince_isUnmet() {
    assertThat(judge(since(1), since(101))).isEqualTo(Verdict.UNMET);
  }

  @Test
  void judge_presenceIsMissing_isTheSessionsEndWhateverElse() {
    assertThat(judge(failure(Code.NONODE), failure(Code.NONODE))).isEqualTo(Verdict.SESSION_GONE);
  }

  @Test
  void judge_oneCannotBeRead_isUnknown() {
    assertThat(judge(since(1), failure(Code.NOAUTH))).isEqualTo(Verdict.UNKNOWN);
  }
}
