package io.holdfast.spring.lock;

import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import io.holdfast.spring.lock.HeldLocks.Hold;
import io.micrometer.observation.Observation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.BeanResolver;

/** Takes the lock, runs the method, and frees the lock. */
final class LockedInterceptor implements MethodInterceptor {

  /** Found at the first call: an advisor must not have the coordinator made before its time. */
  private final ObjectProvider<Locks> locks;

  private final ObjectProvider<LockedMethods> methods;
  private final HeldLocks held;
  private final ParameterNameDiscoverer parameters;
  private final BeanResolver beans;
  private final LockObservations observations;

  LockedInterceptor(
      ObjectProvider<Locks> locks,
      ObjectProvider<LockedMethods> methods,
      HeldLocks held,
      ParameterNameDiscoverer parameters,
      BeanResolver beans,
      LockObservations observations) {
    this.locks = locks;
    this.methods = methods;
    this.held = held;
    this.parameters = parameters;
    this.beans = beans;
    this.observations = observations;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation call) throws Throwable {
    Object target = call.getThis();
    Class<?> type =
        target == null ? call.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
    Method method = AopUtils.getMostSpecificMethod(call.getMethod(), type);
    LockedMethod locked = methods.getObject().of(method, type);
    LockName lock = locked.lock(target, call.getArguments(), parameters, beans);
    Hold outer = held.find(lock);
    if (outer != null) {
      refuseUpgrade(locked, outer);
      refuseEarlierTransaction(locked, lock, outer.isLate());
      outer.grant().ensureHeld();
      locked
          .fence()
          .filter(fence -> !outer.hasSealed(fence) && TransactionBinding.isPresent())
          .ifPresent(fence -> TransactionBinding.refuseSnapshot(fence, lock, method, type));
      return run(call, locked, outer);
    }
    boolean inTransaction = TransactionBinding.isPresent() && TransactionBinding.isActive();
    refuseEarlierTransaction(locked, lock, inTransaction);
    LockGrant grant = observedWait(locked, lock);
    Observation holding = observations.start(LockObservations.HELD, locked, lock);
    Hold hold = new Hold(lock, locked.mode(), grant, inTransaction, holding);
    held.add(hold);
    boolean kept = false;
    try (Observation.Scope scope = holding.openScope()) {
      if (inTransaction) {
        TransactionBinding.whenEnded(() -> free(hold));
        kept = true;
      }
      return run(call, locked, hold);
    } catch (Throwable failure) {
      holding.error(failure);
      throw failure;
    } finally {
      if (!kept) {
        free(hold);
      }
    }
  }

  private static void refuseUpgrade(LockedMethod locked, Hold outer) {
    if (outer.mode() == Locked.Mode.READ && locked.mode() != Locked.Mode.READ) {
      throw new IllegalStateException(
          "this thread holds lock "
              + outer.lock()
              + " for reading and cannot write under it: two readers who both tried would wait for"
              + " each other");
    }
  }

  private static void refuseEarlierTransaction(LockedMethod locked, LockName lock, boolean early) {
    if (early && locked.fence().isPresent()) {
      throw new IllegalStateException(
          "lock "
              + lock
              + " has a fence, and the caller's transaction began before the lock is held: what it"
              + " has read may be out of date. Begin the transaction in the locked method");
    }
  }

  private LockGrant observedWait(LockedMethod locked, LockName lock) {
    Observation waiting = observations.start(LockObservations.WAIT, locked, lock);
    String outcome = "failed";
    try {
      LockGrant grant = acquired(locked, lock);
      outcome = "acquired";
      return grant;
    } catch (LockNotAcquiredException e) {
      outcome = "not_acquired";
      waiting.error(e);
      throw e;
    } catch (RuntimeException e) {
      waiting.error(e);
      throw e;
    } finally {
      waiting.lowCardinalityKeyValue(LockObservations.OUTCOME, outcome).stop();
    }
  }

  private LockGrant acquired(LockedMethod locked, LockName name) {
    DistributedLock lock = locked.of(locks.getObject(), name);
    try {
      if (locked.waitAtMost().isEmpty()) {
        return lock.acquire();
      }
      Duration wait = locked.waitAtMost().get();
      Optional<LockGrant> grant = lock.tryAcquire(wait);
      return grant.orElseThrow(() -> LockNotAcquiredException.late(name, wait));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LockNotAcquiredException.because(name, "interrupted", e);
    }
  }

  private @Nullable Object run(MethodInvocation call, LockedMethod locked, Hold hold)
      throws Throwable {
    locked.fence().ifPresent(hold::seal);
    locked.give(hold.grant(), call.getArguments());
    Object result = call.proceed();
    locked.fence().ifPresent(fence -> TransactionBinding.ensureGuarded(fence, hold));
    hold.grant().ensureHeld();
    return result;
  }

  private void free(Hold hold) {
    held.remove(hold);
    String outcome = hold.grant().isHeld() ? "released" : "lost";
    hold.grant().close();
    hold.observation().lowCardinalityKeyValue(LockObservations.OUTCOME, outcome).stop();
  }
}
