/**
 * Holdfast's policies and outlier detection behind Spring Cloud's load balancer: {@code
 * RestClient}, {@code WebClient}, Feign and Gateway choose by {@link
 * io.holdfast.spring.balancing.HoldfastLoadBalancer} and report results by {@link
 * io.holdfast.spring.balancing.RequestFeedback}.
 */
@NullMarked
package io.holdfast.spring.balancing;

import org.jspecify.annotations.NullMarked;
