/**
 * How a balancer picks: one class a policy ({@link
 * io.holdfast.loadbalancer.internal.policy.Picker}), and their tables and hashes. A new policy
 * implements {@code Picker} and gets a factory method in {@link io.holdfast.loadbalancer.Policy}.
 * For this module only.
 */
@NullMarked
package io.holdfast.loadbalancer.internal.policy;

import org.jspecify.annotations.NullMarked;
