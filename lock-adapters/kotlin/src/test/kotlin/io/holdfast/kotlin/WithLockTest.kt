package io.holdfast.kotlin

import io.holdfast.admin.LockQueues
import io.holdfast.coordination.Coordinator
import io.holdfast.coordination.CoordinatorOptions
import io.holdfast.lock.DistributedLock
import io.holdfast.lock.FencingToken
import io.holdfast.lock.LockConfig
import io.holdfast.lock.LockLostException
import io.holdfast.lock.Locks
import io.holdfast.testkit.memory.MemoryCluster
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

class WithLockTest {
    private val cluster = MemoryCluster.onRealTime()
    private val coordinator = connect("mine")
    private val rival = connect("rival")
    private val lock: DistributedLock = Locks(coordinator).lock("orders", LockConfig.unshared()).exclusive()
    private val rivals: DistributedLock = Locks(rival).lock("orders").exclusive()

    private fun connect(name: String): Coordinator {
        val options = CoordinatorOptions.defaults()
        return Coordinator.connect(cluster.client(name, options), options, name)
    }

    @AfterEach
    fun close() {
        coordinator.close()
        rival.close()
        cluster.close()
    }

    private suspend fun places(): Int = LockQueues(rival).queue("orders").await().size

    private suspend fun awaitPlaces(count: Int) =
        withTimeout(PATIENCE) {
            while (places() != count) {
                yield()
            }
        }

    @Test
    fun withLock_body_hasATokenAndTheLockIsFreeAfterIt() = runBlocking {
        val first: FencingToken =
            lock.withLock { grant ->
                assertThat(rivals.tryAcquire()).isEmpty
                grant.ensureHeld()
                grant.token()
            }
        assertThat(places()).isZero()
        assertThat(lock.withLock { it.token() }).isGreaterThan(first)
        Unit
    }

    @Test
    fun withLock_bodyFails_releasesAndPassesTheFailureOn() = runBlocking {
        assertThatThrownBy { runBlocking { lock.withLock { error("no") } } }
            .isInstanceOf(IllegalStateException::class.java)
            .hasMessage("no")
        assertThat(places()).isZero()
        Unit
    }

    @Test
    fun withLock_cancelledWhileItWaits_leavesTheQueue() = runBlocking {
        val ran = AtomicBoolean()
        rivals.acquire().use {
            val waiting = launch(Dispatchers.Default) { lock.withLock { ran.set(true) } }
            awaitPlaces(2)
            waiting.cancelAndJoin()
            awaitPlaces(1)
        }
        assertThat(places()).isZero()
        assertThat(ran).isFalse()
        Unit
    }

    @Test
    fun withLock_cancelledInTheBody_hasReleasedWhenTheCoroutineEnds() = runBlocking {
        val inside = CompletableDeferred<Unit>()
        val running =
            launch(Dispatchers.Default) {
                lock.withLock {
                    inside.complete(Unit)
                    awaitCancellation()
                }
            }
        inside.await()
        running.cancelAndJoin()
        assertThat(places()).isZero()
        Unit
    }

    @Test
    fun withLock_lost_cancelsTheBodyAndSaysSo() = runBlocking {
        val cancelled = AtomicBoolean()
        assertThatThrownBy {
                runBlocking {
                    lock.withLock {
                        cluster.expire(coordinator.current().orElseThrow().id())
                        try {
                            awaitCancellation()
                        } catch (e: CancellationException) {
                            cancelled.set(true)
                            throw e
                        }
                    }
                }
            }
            .isInstanceOf(LockLostException::class.java)
        assertThat(cancelled).isTrue()
        Unit
    }

    @Test
    fun withLockOrNull_notInTime_isNullAndLeavesTheQueue() = runBlocking {
        rivals.acquire().use {
            assertThat(lock.withLockOrNull(50.milliseconds) { "held" }).isNull()
            awaitPlaces(1)
        }
        val slow =
            lock.withLockOrNull(PATIENCE) {
                delay(1.milliseconds)
                "held"
            }
        assertThat(slow).isEqualTo("held")
        Unit
    }

    /** All in one thread. */
    @Test
    fun withLock_manyInOneThread_takeTurns() = runBlocking {
        val inside = AtomicInteger()
        val done = AtomicInteger()
        coroutineScope {
            repeat(300) {
                launch {
                    lock.withLock {
                        assertThat(inside.incrementAndGet()).isEqualTo(1)
                        yield()
                        inside.decrementAndGet()
                        done.incrementAndGet()
                    }
                }
            }
        }
        assertThat(done.get()).isEqualTo(300)
        assertThat(places()).isZero()
        Unit
    }

    @Test
    fun withLock_cancelledAtAnyMoment_leavesNothing() = runBlocking {
        repeat(200) { round ->
            val running = launch(Dispatchers.Default) { lock.withLock { it.token() } }
            repeat(round * 20) { Thread.onSpinWait() }
            running.cancelAndJoin()
        }
        awaitPlaces(0)
        assertThat(rivals.tryAcquire()).isPresent
        Unit
    }

    companion object {
        private val PATIENCE = 30.seconds
    }
}
