/* The reference implementation as a program would call it: hashes THREADS times HASHES passwords, each thread one after the other,
 * and prints the seconds that took. Built by the benchmark `hashing` against Debian's libargon2-dev. */
#include <argon2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int hashes;

static void *work(void *thread) {
    char encoded[128], password[32], salt[16];
    for (int i = 0; i < hashes; i++) {
        snprintf(password, sizeof password, "vamok-sufid-%06d-%06d", *(int *)thread, i);
        memset(salt, i, sizeof salt);
        if (argon2id_hash_encoded(2, 19 * 1024, 1, password, strlen(password), salt, sizeof salt, 32, encoded,
                                  sizeof encoded) != ARGON2_OK)
            exit(1);
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    int threads = atoi(arguments[1]);
    hashes = atoi(arguments[2]);
    pthread_t ids[64];
    int numbers[64];
    struct timespec began, ended;
    if (threads < 1 || threads > 64) return 2;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int i = 0; i < threads; i++) {
        numbers[i] = i;
        if (pthread_create(&ids[i], NULL, work, &numbers[i])) return 1;
    }
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.6f\n", (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9);
    return 0;
}
