package io.holdfast.loadbalancer;

/**
 * What a balancer, and those made of it by {@link LoadBalancer#where}, have done since the
 * beginning. What ends on an instance after that has left the service is not counted.
 *
 * @param successes picks that ended well
 * @param failures picks that failed
 * @param abandoned picks that ended without a word about the instance
 * @param none how often there was no instance to choose
 * @param active picks that have not ended, of the instances that are there
 * @param ejections how often outlier detection has ejected an instance
 * @param ejected how many are ejected now
 */
public record BalancerStatistics(
    long successes,
    long failures,
    long abandoned,
    long none,
    long active,
    long ejections,
    int ejected) {}
